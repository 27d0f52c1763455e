-- +goose Up
-- What is asked of a feed, or pushed for it, may come while it is polled: when a hub last
-- said that there is something new, and when it last changed what was known. not_before is
-- the earliest that a hub can make us ask again: what caching fields, the feed's own words,
-- Retry-After and failures allow.

ALTER TABLE feeds ADD COLUMN not_before BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN hinted_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN revised_at BIGINT NOT NULL DEFAULT 0;
UPDATE feeds SET not_before = due; -- until a poll knows better

-- +goose Down
ALTER TABLE feeds DROP COLUMN revised_at;
ALTER TABLE feeds DROP COLUMN hinted_at;
ALTER TABLE feeds DROP COLUMN not_before;
