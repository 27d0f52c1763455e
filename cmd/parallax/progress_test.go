package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// Stages tell from many goroutines while the bars are drawn; nobody waits for one
// another, and at the end every stage is complete.
func TestBoard(t *testing.T) {
	for _, tty := range []bool{true, false} {
		t.Run(fmt.Sprintf("tty=%t", tty), func(t *testing.T) {
			var out bytes.Buffer
			b := newBoard(&env{err: &out, tty: tty})
			var wg sync.WaitGroup
			for _, name := range []string{"ingest", "extract"} {
				tell := b.stage(name)
				for range 4 {
					wg.Go(func() {
						for i := range 5000 {
							tell(i+1, 5000, "Harbour opens")
						}
					})
				}
			}
			wg.Wait()
			b.close()
			for _, want := range []string{"ingest", "extract", "5000"} {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q is not on the board:\n%s", want, out.String())
				}
			}
		})
	}
}
