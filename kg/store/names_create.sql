-- Tables of the names index. The temporary tables take names and quotes as they come.
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;
CREATE TABLE entity (id TEXT PRIMARY KEY, label TEXT) WITHOUT ROWID;
CREATE TABLE name (id INTEGER PRIMARY KEY, entity TEXT, role TEXT, name TEXT, key TEXT, squeezed TEXT);
CREATE TABLE quote (id INTEGER PRIMARY KEY, words TEXT, quote TEXT);
CREATE TABLE word (word TEXT PRIMARY KEY, reversed TEXT) WITHOUT ROWID;
CREATE VIRTUAL TABLE name_text USING fts5(
  word, segment, content='', detail=column, columnsize=0, tokenize='ascii');
CREATE VIRTUAL TABLE quote_text USING fts5(word, content='', detail=none, columnsize=0, tokenize='ascii');
CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, name_text, col);
CREATE TEMP TABLE given (entity TEXT, role TEXT, lang TEXT, name TEXT, key TEXT);
CREATE TEMP TABLE said (words TEXT, quote TEXT);
