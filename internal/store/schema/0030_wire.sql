-- +goose Up
-- Which articles are copies of one: an older one that comes late takes them over.

CREATE INDEX articles_wire ON articles (wire_root) WHERE wire_root <> '';

-- +goose Down
DROP INDEX articles_wire;
