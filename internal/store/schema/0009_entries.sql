-- +goose Up
-- Fingerprints of the entries of a feed's last document, so that a poll looks only at
-- those that are new or changed.

ALTER TABLE feeds ADD COLUMN entries TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE feeds DROP COLUMN entries;
