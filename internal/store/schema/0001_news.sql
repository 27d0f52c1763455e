-- +goose Up
-- The nouns of internal/news. Times are Unix milliseconds, 0 where there is none; ids
-- and JSON are text. Long texts stand in tables of their own, so that lists, claims
-- and comparisons of hashes read few pages.

CREATE TABLE sources (
	id            TEXT    NOT NULL PRIMARY KEY,
	body          TEXT    NOT NULL, -- JSON of news.Source
	-- Carriage, copied out of body for the clause that every reader's query has. Where
	-- the terms say nothing, carried_until and keep are so large that they never end.
	carried_from  BIGINT  NOT NULL,
	carried_until BIGINT  NOT NULL,
	keep          BIGINT  NOT NULL,
	retired_at    BIGINT  NOT NULL DEFAULT 0
);

CREATE TABLE feeds (
	id            TEXT    NOT NULL PRIMARY KEY,
	source_id     TEXT    NOT NULL REFERENCES sources (id),
	url           TEXT    NOT NULL,
	title         TEXT    NOT NULL DEFAULT '',
	etag          TEXT    NOT NULL DEFAULT '',
	last_modified TEXT    NOT NULL DEFAULT '',
	body_hash     TEXT    NOT NULL DEFAULT '',
	moved_to      TEXT    NOT NULL DEFAULT '',
	due           BIGINT  NOT NULL,
	last_try      BIGINT  NOT NULL DEFAULT 0,
	last_good     BIGINT  NOT NULL DEFAULT 0,
	last_new      BIGINT  NOT NULL DEFAULT 0,
	-- Since when it has been read without a gap of more than a day, until last_good.
	read_since    BIGINT  NOT NULL DEFAULT 0,
	failures      INTEGER NOT NULL DEFAULT 0,
	status        INTEGER NOT NULL DEFAULT 0,
	last_error    TEXT    NOT NULL DEFAULT '',
	problems      TEXT    NOT NULL DEFAULT 'null', -- JSON
	reach         TEXT    NOT NULL DEFAULT '',
	reach_since   BIGINT  NOT NULL DEFAULT 0,
	route         TEXT    NOT NULL DEFAULT '',
	retired_at    BIGINT  NOT NULL DEFAULT 0,
	lease_until   BIGINT  NOT NULL DEFAULT 0,
	evidence_n    BIGINT  NOT NULL DEFAULT 0 -- how many rows of evidence were ever written
);
CREATE INDEX feeds_due ON feeds (due, id) WHERE retired_at = 0;
CREATE INDEX feeds_source ON feeds (source_id);

-- A ring of the last attempts on a feed: row n lies in slot n modulo its size.
CREATE TABLE evidence (
	feed_id TEXT    NOT NULL REFERENCES feeds (id),
	slot    INTEGER NOT NULL,
	n       BIGINT  NOT NULL,
	at      BIGINT  NOT NULL,
	route   TEXT    NOT NULL,
	url     TEXT    NOT NULL,
	failure TEXT    NOT NULL,
	status  INTEGER NOT NULL,
	reach   TEXT    NOT NULL,
	note    TEXT    NOT NULL,
	took    BIGINT  NOT NULL, -- nanoseconds
	bytes   BIGINT  NOT NULL,
	PRIMARY KEY (feed_id, slot)
);

CREATE TABLE items (
	id           TEXT    NOT NULL PRIMARY KEY,
	feed_id      TEXT    NOT NULL REFERENCES feeds (id),
	source_id    TEXT    NOT NULL REFERENCES sources (id),
	item_key     TEXT    NOT NULL,
	hash         TEXT    NOT NULL,
	revision     INTEGER NOT NULL,
	first_seen   BIGINT  NOT NULL,
	changed_at   BIGINT  NOT NULL, -- when the present revision was first seen
	last_seen    BIGINT  NOT NULL,
	extracted_at BIGINT, -- NULL: waits for extraction
	tries        INTEGER NOT NULL DEFAULT 0,
	retry_at     BIGINT  NOT NULL DEFAULT 0,
	lease_until  BIGINT  NOT NULL DEFAULT 0,
	last_error   TEXT    NOT NULL DEFAULT '',
	purged_at    BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX items_waiting ON items (first_seen, id) WHERE extracted_at IS NULL AND purged_at = 0;
CREATE INDEX items_kept ON items (source_id, purged_at, first_seen);

CREATE TABLE item_contents (
	item_id    TEXT   NOT NULL PRIMARY KEY REFERENCES items (id),
	guid       TEXT   NOT NULL,
	link       TEXT   NOT NULL,
	title      TEXT   NOT NULL,
	summary    TEXT   NOT NULL,
	content    TEXT   NOT NULL,
	authors    TEXT   NOT NULL, -- JSON
	categories TEXT   NOT NULL, -- JSON
	language   TEXT   NOT NULL,
	published  BIGINT NOT NULL,
	updated    BIGINT NOT NULL,
	image      TEXT   NOT NULL
);

CREATE TABLE item_revisions (
	item_id   TEXT    NOT NULL REFERENCES items (id),
	n         INTEGER NOT NULL,
	seen_at   BIGINT  NOT NULL,
	hash      TEXT    NOT NULL,
	link      TEXT    NOT NULL,
	title     TEXT    NOT NULL,
	summary   TEXT    NOT NULL,
	content   TEXT    NOT NULL,
	published BIGINT  NOT NULL,
	updated   BIGINT  NOT NULL,
	withheld  INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (item_id, n)
);

CREATE TABLE stories (
	id          TEXT    NOT NULL PRIMARY KEY,
	head_id     TEXT    NOT NULL DEFAULT '',
	first_at    BIGINT  NOT NULL DEFAULT 0,
	last_at     BIGINT  NOT NULL DEFAULT 0,
	-- Of articles that are not purged, carried at this moment or not: never less than
	-- what a reader may see.
	articles    INTEGER NOT NULL DEFAULT 0,
	outlets     INTEGER NOT NULL DEFAULT 0,
	rank        DOUBLE PRECISION NOT NULL DEFAULT 0,
	merged_into TEXT, -- never itself a story that was merged
	-- A story waits to be compared while changes > compared. They count, because two
	-- changes may fall on one millisecond and a change may fall during a comparison.
	changes     BIGINT  NOT NULL DEFAULT 0,
	compared    BIGINT  NOT NULL DEFAULT 0,
	changed_at  BIGINT  NOT NULL DEFAULT 0,
	compared_at BIGINT  NOT NULL DEFAULT 0,
	two_sides   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX stories_rank ON stories (rank, id, outlets, two_sides, merged_into) WHERE merged_into IS NULL;
CREATE INDEX stories_waiting ON stories (changed_at, id) WHERE merged_into IS NULL AND changes > compared;
CREATE INDEX stories_merged ON stories (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE articles (
	id          TEXT    NOT NULL PRIMARY KEY,
	source_id   TEXT    NOT NULL REFERENCES sources (id),
	item_id     TEXT    NOT NULL,
	guid        TEXT    NOT NULL,
	url         TEXT    NOT NULL,
	title       TEXT    NOT NULL,
	lead        TEXT    NOT NULL,
	basis       TEXT    NOT NULL,
	authors     TEXT    NOT NULL, -- JSON
	language    TEXT    NOT NULL,
	published   BIGINT  NOT NULL,
	updated     BIGINT  NOT NULL,
	first_seen  BIGINT  NOT NULL,
	at          BIGINT  NOT NULL, -- news.Article.When
	revision    INTEGER NOT NULL,
	revised_at  BIGINT  NOT NULL, -- when the present revision was first seen
	fingerprint BIGINT  NOT NULL,
	band0       INTEGER NOT NULL, -- the four 16-bit parts of fingerprint: two texts whose
	band1       INTEGER NOT NULL, -- fingerprints differ in at most three bits agree in one
	band2       INTEGER NOT NULL,
	band3       INTEGER NOT NULL,
	wire_root   TEXT    NOT NULL,
	story_id    TEXT REFERENCES stories (id), -- NULL: waits for clustering
	seq         BIGINT  NOT NULL DEFAULT 0,
	purged_at   BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX articles_item ON articles (item_id);
CREATE INDEX articles_at ON articles (at, id) WHERE purged_at = 0;
CREATE INDEX articles_source ON articles (source_id, at, id) WHERE purged_at = 0;
CREATE INDEX articles_kept ON articles (source_id, first_seen, story_id) WHERE purged_at = 0;
CREATE INDEX articles_story ON articles (story_id, at, id, source_id, first_seen, purged_at);
CREATE INDEX articles_unplaced ON articles (at, id) WHERE story_id IS NULL AND purged_at = 0;
CREATE INDEX articles_band0 ON articles (band0, first_seen) WHERE fingerprint <> 0 AND purged_at = 0;
CREATE INDEX articles_band1 ON articles (band1, first_seen) WHERE fingerprint <> 0 AND purged_at = 0;
CREATE INDEX articles_band2 ON articles (band2, first_seen) WHERE fingerprint <> 0 AND purged_at = 0;
CREATE INDEX articles_band3 ON articles (band3, first_seen) WHERE fingerprint <> 0 AND purged_at = 0;

CREATE TABLE article_texts (
	article_id TEXT NOT NULL PRIMARY KEY REFERENCES articles (id),
	text       TEXT NOT NULL,
	html       TEXT NOT NULL
);

CREATE TABLE article_revisions (
	article_id TEXT    NOT NULL REFERENCES articles (id),
	n          INTEGER NOT NULL,
	seen_at    BIGINT  NOT NULL,
	title      TEXT    NOT NULL,
	lead       TEXT    NOT NULL,
	text       TEXT    NOT NULL,
	html       TEXT    NOT NULL,
	updated    BIGINT  NOT NULL,
	withheld   INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (article_id, n)
);

-- Why an article was put into a story; it stays as it was said when stories merge.
CREATE TABLE placements (
	article_id TEXT   NOT NULL PRIMARY KEY REFERENCES articles (id),
	story_id   TEXT   NOT NULL,
	seq        BIGINT NOT NULL,
	score      DOUBLE PRECISION NOT NULL,
	why        TEXT   NOT NULL,
	placed_at  BIGINT NOT NULL,
	-- The article as it was placed, for who rebuilds the clusterer; its title and text are
	-- those of this revision.
	revision   INTEGER NOT NULL,
	at         BIGINT  NOT NULL,
	language   TEXT    NOT NULL,
	wire_root  TEXT    NOT NULL
);
CREATE INDEX placements_at ON placements (at);
CREATE INDEX placements_seq ON placements (seq);

CREATE TABLE comparisons (
	story_id TEXT NOT NULL REFERENCES stories (id),
	lens_id  TEXT NOT NULL,
	body     TEXT NOT NULL, -- JSON of news.Comparison
	PRIMARY KEY (story_id, lens_id)
);

-- +goose Down
DROP TABLE comparisons;
DROP TABLE placements;
DROP TABLE article_revisions;
DROP TABLE article_texts;
DROP TABLE articles;
DROP TABLE stories;
DROP TABLE item_revisions;
DROP TABLE item_contents;
DROP TABLE items;
DROP TABLE evidence;
DROP TABLE feeds;
DROP TABLE sources;
