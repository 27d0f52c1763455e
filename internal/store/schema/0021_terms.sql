-- +goose Up
-- What outlets say of how their work may be used, as JSON (news.Term): of a feed, of an entry, and
-- of an article, which holds what its entry and its page say.

ALTER TABLE feeds ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE item_contents ADD COLUMN terms TEXT NOT NULL DEFAULT '';
ALTER TABLE article_texts ADD COLUMN terms TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE article_texts DROP COLUMN terms;
ALTER TABLE item_contents DROP COLUMN terms;
ALTER TABLE feeds DROP COLUMN terms;
