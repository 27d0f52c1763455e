-- +goose Up
-- When a feed's entries came, as ingest counts it, and what its document asks of those who
-- read it (ttl, sy, skipHours, skipDays): both outlast answers that bring no document.

ALTER TABLE feeds ADD COLUMN rhythm TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN asks TEXT NOT NULL DEFAULT '{}';

-- +goose Down
ALTER TABLE feeds DROP COLUMN asks;
ALTER TABLE feeds DROP COLUMN rhythm;
