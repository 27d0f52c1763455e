-- +goose Up
-- Stories that belong together but are not one (news.Relation). Ids may have merged since.

CREATE TABLE story_relations (
	a      TEXT NOT NULL REFERENCES stories (id), -- of "follows": the earlier
	kind   TEXT NOT NULL,
	b      TEXT NOT NULL REFERENCES stories (id),
	lang_a TEXT NOT NULL,
	lang_b TEXT NOT NULL,
	score  DOUBLE PRECISION NOT NULL,
	why    TEXT NOT NULL,
	PRIMARY KEY (a, kind, b)
);
CREATE INDEX story_relations_b ON story_relations (b, kind);

ALTER TABLE stories ADD COLUMN related BIGINT NOT NULL DEFAULT 0; -- how often it had changed when its relations were sought
CREATE INDEX stories_unrelated ON stories (changed_at, id) WHERE merged_into IS NULL AND changes > related;
CREATE INDEX stories_last ON stories (last_at) WHERE merged_into IS NULL;

-- +goose Down
DROP INDEX stories_last;
DROP INDEX stories_unrelated;
ALTER TABLE stories DROP COLUMN related;
DROP TABLE story_relations;
