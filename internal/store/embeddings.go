package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"parallax/internal/news"
)

// embeddingsKept is for how long before the latest article embeddings are kept. A clusterer that is
// rebuilt needs those of its window, a week.
const embeddingsKept = 30 * 24 * time.Hour

func (t *tx) saveEmbedding(ctx context.Context, p news.Placement) error {
	raw := make([]byte, len(p.Embedding.Vector))
	for i, x := range p.Embedding.Vector {
		raw[i] = byte(x) //nolint:gosec // its bits
	}
	_, err := t.exec(ctx, `INSERT INTO embeddings (article_id, at, model, vector) VALUES ($1, $2, $3, $4)
		ON CONFLICT (article_id) DO UPDATE SET at = excluded.at, model = excluded.model, vector = excluded.vector`,
		p.ArticleID, ms(p.At), p.Embedding.Model, base64.StdEncoding.EncodeToString(raw))
	return err
}

// signed returns the numbers that saveEmbedding wrote.
func signed(raw []byte) []int8 {
	list := make([]int8, len(raw))
	for i, x := range raw {
		list[i] = int8(x) //nolint:gosec // its bits
	}
	return list
}

// forgetEmbeddings deletes those that no clusterer needs any more, where a batch brought some.
func (t *tx) forgetEmbeddings(ctx context.Context, placed []news.Placement) error {
	brought := false
	for _, p := range placed {
		brought = brought || p.Embedding != nil
	}
	if !brought {
		return nil
	}
	_, err := t.exec(ctx, `DELETE FROM embeddings WHERE at < (SELECT max(at) FROM embeddings) - $1`, embeddingsKept.Milliseconds())
	return err
}

// Embedded counts the articles, copies left out, whose When is since or later and that were placed, and
// those of them that were placed with an embedding.
func (d *DB) Embedded(ctx context.Context, since time.Time) (placed, with int, err error) {
	rows, err := d.query(ctx, `SELECT count(*), count(e.article_id) FROM placements p
		LEFT JOIN embeddings e ON e.article_id = p.article_id WHERE p.at >= $1 AND p.wire_root = ''`, ms(since))
	if _, err := one(rows, err, &placed, &with); err != nil {
		return 0, 0, fmt.Errorf("count embeddings: %w", err)
	}
	return placed, with, nil
}
