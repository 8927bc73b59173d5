/**
 * node:http without its ESM facade. `import … from 'node:http'` reads every export, three of which are
 * getters that load undici: 7 MB of a resident process for nothing (docs/decisions/0010).
 */
export const { Agent, createServer, request } = process.getBuiltinModule('node:http')
