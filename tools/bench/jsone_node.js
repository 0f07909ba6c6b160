// SPDX-License-Identifier: MPL-2.0
// Times Node's json-e on the renderings of render_benchmark.cc and prints the
// ratios to that benchmark's JSON output (first argument).
'use strict';
const fs = require('fs');
const jsone = require('json-e');
const yaml = require('js-yaml');

const corpora = process.env.CORPORA_DIR;
const ours = JSON.parse(fs.readFileSync(process.argv[2], 'utf8')).benchmarks;

// Microseconds of CPU per call, the best of three rounds of about a second.
function time(call) {
  let best = Infinity;
  for (let round = 0; round < 3; ++round) {
    let count = 0;
    const start = process.cpuUsage();
    let used = 0;
    while (used < 1e6) {
      for (let i = 0; i < 50; ++i) call();
      count += 50;
      const usage = process.cpuUsage(start);
      used = usage.user + usage.system;
    }
    best = Math.min(best, used / count);
  }
  return best;
}

function golden(name) {
  const g = JSON.parse(fs.readFileSync(`${corpora}/scriptworker/golden/${name}.json`, 'utf8'));
  const context = {...g.context, as_slugid: x => (x === 'decision' ? g.decision_task_id : g.task_id)};
  return () => jsone(g.template, context);
}

function specification() {
  const cases = yaml.loadAll(fs.readFileSync(`${corpora}/jsone/specification.yml`, 'utf8'))
    .filter(document => document.title !== undefined);
  return () => {
    for (const {template, context} of cases) {
      try {
        jsone(template, context);
      } catch (error) {
        // Many cases are about errors.
      }
    }
  };
}

const scale = {ns: 1e-3, us: 1, ms: 1e3};
for (const [name, call] of [
  ['BM_RenderGolden/hg_push', golden('decision_hg-push')],
  ['BM_RenderGolden/action', golden('action_retrigger')],
  ['BM_Specification', specification()],
]) {
  const entry = ours.find(benchmark => benchmark.name === name);
  const here = entry.cpu_time * scale[entry.time_unit];
  const node = time(call);
  console.log(`${name}: here ${here.toFixed(1)} us, Node ${node.toFixed(1)} us, ratio ${(node / here).toFixed(1)}`);
}
