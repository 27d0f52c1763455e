-- +goose Up
-- When somebody asked for a feed by hand (parallax refresh); 0 once it was polled.

ALTER TABLE feeds ADD COLUMN requested_at BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE feeds DROP COLUMN requested_at;
