-- +goose Up
-- In how many stories that began on a day, and that two outlets or more told, each outlet
-- took part: the measure of how much is to be expected of it (news.Output).

CREATE TABLE outputs (
	day       BIGINT  NOT NULL, -- since 1 January 1970, UTC
	source_id TEXT    NOT NULL, -- '': any outlet
	language  TEXT    NOT NULL, -- of its articles in them
	stories   INTEGER NOT NULL,
	PRIMARY KEY (day, source_id, language)
);

CREATE TABLE output_days (
	day        BIGINT NOT NULL PRIMARY KEY,
	counted_at BIGINT NOT NULL
);

CREATE INDEX stories_first ON stories (first_at, outlets, id) WHERE merged_into IS NULL;

-- +goose Down
DROP INDEX stories_first;
DROP TABLE output_days;
DROP TABLE outputs;
