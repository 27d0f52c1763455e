-- +goose Up
-- Which guids of a feed were seen to stand for several entries, as ingest wrote it: they
-- tell none apart, also when only one of the entries is left.

ALTER TABLE feeds ADD COLUMN shared_guids TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE feeds DROP COLUMN shared_guids;
