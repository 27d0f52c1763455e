-- +goose Up
-- What feeds of the hub are made of besides the articles of the day: since when two outlets tell a
-- story, what was changed last, and in which order articles came in, which never changes.

ALTER TABLE stories ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0; -- 0: one outlet has it
UPDATE stories SET told_at = first_at WHERE outlets > 1;
CREATE INDEX stories_told ON stories (told_at, id, outlets) WHERE merged_into IS NULL AND told_at > 0;

ALTER TABLE article_revisions ADD COLUMN source_id TEXT NOT NULL DEFAULT '';
UPDATE article_revisions SET source_id = (SELECT a.source_id FROM articles a WHERE a.id = article_revisions.article_id);
CREATE INDEX revisions_seen ON article_revisions (seen_at, article_id, n) WHERE n > 1;
CREATE INDEX revisions_seen_of ON article_revisions (source_id, seen_at, article_id, n) WHERE n > 1;
CREATE INDEX articles_revised ON articles (revised_at, id, revision) WHERE revision > 1 AND purged_at = 0;
CREATE INDEX articles_revised_of ON articles (source_id, revised_at, id, revision) WHERE revision > 1 AND purged_at = 0;

ALTER TABLE articles ADD COLUMN entered BIGINT NOT NULL DEFAULT 0; -- when it was saved first
UPDATE articles SET entered = first_seen;
CREATE INDEX articles_entered ON articles (entered, id, source_id, first_seen) WHERE purged_at = 0;
CREATE INDEX articles_entered_of ON articles (source_id, entered, id, first_seen) WHERE purged_at = 0;

-- +goose Down
DROP INDEX articles_entered_of;
DROP INDEX articles_entered;
ALTER TABLE articles DROP COLUMN entered;
DROP INDEX articles_revised_of;
DROP INDEX articles_revised;
DROP INDEX revisions_seen_of;
DROP INDEX revisions_seen;
ALTER TABLE article_revisions DROP COLUMN source_id;
DROP INDEX stories_told;
ALTER TABLE stories DROP COLUMN told_at;
