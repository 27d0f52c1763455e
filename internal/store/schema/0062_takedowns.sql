-- +goose Up
-- What the operator took down (news.Takedown). Of what is hidden and not deleted yet, purged_at of
-- articles and items is the time of the takedown, negative: it is not carried, and not 0.

CREATE TABLE takedowns (
	kind         TEXT    NOT NULL, -- article or source
	target       TEXT    NOT NULL,
	at           BIGINT  NOT NULL,
	why          TEXT    NOT NULL,
	legal        INTEGER NOT NULL,
	authority    TEXT    NOT NULL,
	jurisdiction TEXT    NOT NULL,
	url          TEXT    NOT NULL,
	purge_at     BIGINT  NOT NULL, -- from then on the text is deleted
	purged       INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (kind, target)
);
CREATE INDEX takedowns_due ON takedowns (kind, purge_at) WHERE purged = 0;

-- A takedown moves carried_until, too, so that every query obeys it; purge_at is so large that it
-- never comes where there is none.
ALTER TABLE sources ADD COLUMN taken_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN purge_at BIGINT NOT NULL DEFAULT 1152921504606846976;

CREATE INDEX articles_gone ON articles (purged_at, id) WHERE purged_at > 0;
CREATE INDEX articles_gone_of ON articles (source_id, purged_at, id) WHERE purged_at > 0;
CREATE INDEX articles_held ON articles (purged_at, id) WHERE purged_at < 0;
CREATE INDEX sources_until ON sources (carried_until);

-- +goose Down
DROP INDEX sources_until;
DROP INDEX articles_held;
DROP INDEX articles_gone_of;
DROP INDEX articles_gone;
ALTER TABLE sources DROP COLUMN purge_at;
ALTER TABLE sources DROP COLUMN taken_at;
DROP TABLE takedowns;
