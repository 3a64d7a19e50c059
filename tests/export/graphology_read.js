// Reads a GraphML or GEXF file with graphology and writes its nodes and edges as JSON to standard output.
const fs = require("fs");
const { createRequire } = require("module");

const [file, folder] = process.argv.slice(2);
const load = createRequire(`${folder}/`);
const { MultiGraph } = load("graphology");
const { parse } = load(file.endsWith(".gexf") ? "graphology-gexf" : "graphology-graphml");
const graph = parse(MultiGraph, fs.readFileSync(file, "utf8"));
process.stdout.write(JSON.stringify({
  nodes: graph.mapNodes((node, data) => [node, data]),
  edges: graph.mapEdges((edge, data, source, target) => [edge, source, target, data]),
}));
