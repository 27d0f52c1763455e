-- +goose Up
-- Feeds with subscribers are claimed in the order in which they are due.
CREATE INDEX topics_due ON topics (due);

-- +goose Down
DROP INDEX topics_due;
