-- +goose Up
-- Copies are told by the runs of words that they share (see shingles), no longer by a simhash.

DROP INDEX articles_band0;
DROP INDEX articles_band1;
DROP INDEX articles_band2;
DROP INDEX articles_band3;
ALTER TABLE articles DROP COLUMN band0;
ALTER TABLE articles DROP COLUMN band1;
ALTER TABLE articles DROP COLUMN band2;
ALTER TABLE articles DROP COLUMN band3;
ALTER TABLE articles DROP COLUMN fingerprint;
ALTER TABLE articles ADD COLUMN wire_share INTEGER NOT NULL DEFAULT 0; -- of 100 of its words, in the root; 0: not known

-- +goose Down
ALTER TABLE articles DROP COLUMN wire_share;
ALTER TABLE articles ADD COLUMN fingerprint BIGINT NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN band0 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN band1 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN band2 INTEGER NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN band3 INTEGER NOT NULL DEFAULT 0;
CREATE INDEX articles_band0 ON articles (band0, first_seen) WHERE fingerprint <> 0 AND purged_at = 0;
CREATE INDEX articles_band1 ON articles (band1, first_seen) WHERE fingerprint <> 0 AND purged_at = 0;
CREATE INDEX articles_band2 ON articles (band2, first_seen) WHERE fingerprint <> 0 AND purged_at = 0;
CREATE INDEX articles_band3 ON articles (band3, first_seen) WHERE fingerprint <> 0 AND purged_at = 0;
