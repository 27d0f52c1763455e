-- +goose Up
-- A number that grows with whatever changes what readers see (store.Edition).

CREATE TABLE edition (n INTEGER NOT NULL);
INSERT INTO edition (n) VALUES (1);

-- +goose Down
DROP TABLE edition;
