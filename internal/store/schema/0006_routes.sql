-- +goose Up
-- Where an attempt ended (OONI's failed_operation), and what the direct way to a feed
-- looks like: by which means it seems blocked, which route showed that the outlet itself
-- answers, and when the direct way was last tried.

ALTER TABLE evidence ADD COLUMN operation TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN blocking TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN control TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN probed BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE feeds DROP COLUMN probed;
ALTER TABLE feeds DROP COLUMN control;
ALTER TABLE feeds DROP COLUMN blocking;
ALTER TABLE evidence DROP COLUMN operation;
