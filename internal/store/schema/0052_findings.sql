-- +goose Up
-- What the accounts of a story have in common and where they differ (news.Findings), whatever the
-- lens. It names words by article, revision and place and holds none of them.

CREATE TABLE findings (
	story_id TEXT NOT NULL PRIMARY KEY REFERENCES stories (id),
	body     TEXT NOT NULL -- JSON
);

-- +goose Down
DROP TABLE findings;
