import { defineStack } from '#ports/stack.ts'

/** Anything with a server.js; a Procfile's lines are its processes. */
export const fakeStack = defineStack({
  name: 'node',
  title: 'Node.js',
  reads: ['Procfile'],
  detect: ({ paths }) => (paths.has('server.js') ? { because: 'server.js' } : undefined),
  plan(tree, { buildEnvKeys }) {
    const lines = (tree.read('Procfile') ?? 'web: node server.js').split('\n').filter(Boolean)
    const { release = null, ...processes } = Object.fromEntries(
      lines.map((line): [string, string] => {
        const at = line.indexOf(':')
        return [line.slice(0, at), line.slice(at + 1).trim()]
      }),
    )
    return {
      stack: 'node',
      summary: ['Node.js 26'],
      images: [{ stack: 'node', version: '26' }],
      dockerfile: 'FROM @RUNTIME@\n',
      ignore: ['node_modules'],
      processes,
      releaseCommand: release,
      env: { NODE_ENV: 'production' },
      buildEnvKeys,
    }
  },
})
