package web

import "context"

type freshKey struct{}

// Fresh returns a context for requests from within the program that have to be answered from
// what the store holds now: what was finished or read some moments before, which readers may
// be given, will not do for who says that something has changed.
func Fresh(ctx context.Context) context.Context { return context.WithValue(ctx, freshKey{}, true) }

func fresh(ctx context.Context) bool { return ctx.Value(freshKey{}) != nil }
