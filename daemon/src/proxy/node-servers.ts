/**
 * Node's own servers, without `import`: importing `node:http` as a module reads all of its exports, and
 * with `WebSocket` among them loads all of undici, which costs every worker 4 MB (decision 30).
 */
export const { createServer, ServerResponse } = process.getBuiltinModule('node:http')
export const { createServer: createSecureServer } = process.getBuiltinModule('node:https')

/** Loaded by the first connection that speaks it, so that an idle worker does not pay for it. */
export const http2 = (): typeof import('node:http2') => process.getBuiltinModule('node:http2')
