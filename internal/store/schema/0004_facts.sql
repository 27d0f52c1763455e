-- +goose Up
-- Single facts that a process must remember, e.g. which lenses the comparisons were made with.

CREATE TABLE facts (
	name  TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
);

-- +goose Down
DROP TABLE facts;
