-- Fill the names index from its temporary tables: sorted, so that equal graphs give equal files.
-- squeezed, backwards and tokens are functions of Python.
BEGIN;
INSERT INTO name (entity, role, name, key, squeezed)
  SELECT DISTINCT entity, role, name, key, squeezed(key) FROM given
  ORDER BY length(key), key, entity, role, name;
INSERT INTO quote (words, quote) SELECT DISTINCT words, quote FROM said ORDER BY length(quote), words;
INSERT INTO entity SELECT entity, CASE WHEN role = 'label' THEN name END FROM (
  SELECT entity, role, name,
    row_number() OVER (PARTITION BY entity ORDER BY role <> 'label', lang <> 'en', name) AS place
  FROM given) WHERE place = 1 ORDER BY entity;
INSERT INTO name_text (rowid, word, segment)
  SELECT id, tokens(key), substr(entity, 1, instr(entity || '/', '/') - 1) FROM name ORDER BY id;
INSERT INTO quote_text (rowid, word) SELECT id, tokens(quote) FROM quote ORDER BY id;
COMMIT;
INSERT INTO name_text (name_text) VALUES ('optimize');
INSERT INTO quote_text (quote_text) VALUES ('optimize');
INSERT INTO word
  SELECT term, backwards(term) FROM terms WHERE col = 'word' AND length(term) > 3 ORDER BY term;
CREATE INDEX name_squeezed ON name (squeezed);
CREATE INDEX name_entity ON name (entity);
CREATE INDEX word_reversed ON word (reversed);
DROP TABLE given; DROP TABLE said; DROP TABLE terms;
