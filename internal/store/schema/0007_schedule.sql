-- +goose Up
-- The host by which feeds take turns, as news.Host names it, and why a feed is due when
-- it is.

ALTER TABLE feeds ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN due_why TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE feeds DROP COLUMN due_why;
ALTER TABLE feeds DROP COLUMN host;
