-- +goose Up
-- What politeness needs to remember over restarts, and for all nodes.

-- Hosts that asked to be left alone (Retry-After), and until when.
CREATE TABLE hosts (
	host          TEXT    NOT NULL PRIMARY KEY, -- as news.Host names it
	blocked_until BIGINT  NOT NULL,
	status        INTEGER NOT NULL, -- of the answer that asked
	asked_at      BIGINT  NOT NULL  -- when it asked
);
CREATE INDEX hosts_blocked ON hosts (blocked_until);

-- Which URL gave etag and last_modified: they mean nothing to another. Empty: not known.
ALTER TABLE feeds ADD COLUMN validated_url TEXT NOT NULL DEFAULT '';
-- The caching fields of the last whole answer, as a 304 has updated them (RFC 9111 §4.3.4).
ALTER TABLE feeds ADD COLUMN caching TEXT NOT NULL DEFAULT '';
-- A permanent redirect that is not believed yet: where to, since when, in how many polls.
ALTER TABLE feeds ADD COLUMN moving_to TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN moving_since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN moving_seen INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE feeds DROP COLUMN moving_seen;
ALTER TABLE feeds DROP COLUMN moving_since;
ALTER TABLE feeds DROP COLUMN moving_to;
ALTER TABLE feeds DROP COLUMN caching;
ALTER TABLE feeds DROP COLUMN validated_url;
DROP TABLE hosts;
