-- +goose Up
-- How a feed could be reached, and since when: a row for each change, so that readers see
-- what the last attempts alone do not tell.

CREATE TABLE reaches (
	feed_id  TEXT NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
	at       BIGINT NOT NULL,
	reach    TEXT NOT NULL,
	blocking TEXT NOT NULL,
	PRIMARY KEY (feed_id, at)
);
INSERT INTO reaches (feed_id, at, reach, blocking)
	SELECT id, reach_since, reach, blocking FROM feeds WHERE reach_since > 0;

-- +goose Down
DROP TABLE reaches;
