-- +goose Up
-- For lists of items, the one first that was seen first the latest.
CREATE INDEX items_seen ON items (first_seen, id) WHERE purged_at = 0;

-- +goose Down
DROP INDEX items_seen;
