package store

import (
	"context"
	"fmt"
	"strconv"
)

// Edition names what the store holds for readers: as long as it is the same, what they are
// told is, apart from what the clock changes. It costs less than any page, and is what
// answers that were made before are kept by and what tells that feeds may read differently.
//
// It grows with every transaction that changed a row, except those that only keep books (see
// keepBooks): one that forgets to say so costs readers nothing, the other way round they
// would be told what is no longer so.
func (d *DB) Edition(ctx context.Context) (string, error) {
	var n int64
	rows, err := d.query(ctx, d.dialect.edition())
	if _, err := one(rows, err, &n); err != nil {
		return "", fmt.Errorf("read the edition: %w", err)
	}
	return strconv.FormatInt(n, 36), nil
}

// keepBooks is change for what readers do not see: who does what until when, when to ask
// again, and what for.
func (d *DB) keepBooks(ctx context.Context, f func(*tx) error) error {
	return d.change(ctx, func(t *tx) error {
		t.books = true
		return f(t)
	})
}

// edited makes the next edition, if there has to be one, in the transaction where the
// dialect can, so that no crash comes between.
func (t *tx) edited(ctx context.Context) error {
	query := t.d.dialect.editionWithin()
	if query == "" || !t.changed || t.books {
		return nil
	}
	_, err := t.exec(ctx, query)
	return err
}

// committed makes it after the commit where the dialect cannot do it before: whoever reads
// the new edition must see what makes it new. A crash between the two leaves the old one in
// force until the next change; answers are not kept for long.
func (t *tx) committed(ctx context.Context) {
	query := t.d.dialect.editionAfter()
	if query == "" || !t.changed || t.books {
		return
	}
	if _, err := t.d.write.ExecContext(context.WithoutCancel(ctx), query); err != nil {
		t.d.log.WarnContext(ctx, "readers may be given for some seconds what they were given before", "error", err)
	}
}
