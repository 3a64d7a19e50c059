// Which statements pass the filters, and which of an entity's neighbours are joined to it by one that does.

export function filters(state, data) {
  const { region, stage, tier, source } = state;
  const place = data.byId.get(region) ?? null;
  const hidden = new Set(state.no);
  const test = (record) =>
    (!stage || record.stage === stage) &&
    (!tier || record.tier === tier) &&
    (!source || record.source.short === source) &&
    (!place || record.s === place || record.o === place || record.section?.region === place) &&
    (record.target || !hidden.has(record.p.id));
  return { test, any: Boolean(region || stage || tier || source), trivial: !(place || stage || tier || source || hidden.size) };
}

export function passing(pair, filter) {
  return filter.trivial ? pair.records : pair.records.filter(filter.test);
}
