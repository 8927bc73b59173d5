import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { pathsOf } from '@vastrox/shared/installation.ts'
import { announceReady } from '@vastrox/shared/node/announce-ready.ts'
import {
  createLocalAuthority,
  permittedNames,
} from '../../../daemon/src/adapters/system/local-authority.ts'

/**
 * A daemon that has a CA and answers the commands that the installer gives. A file `refuse` in the
 * data directory makes it refuse its state; `refuse-<version>` does so for one version.
 */
const dataDir = process.env['VASTROX_DATA_DIR'] ?? ''
const refusals = ['refuse', `refuse-${process.env['VASTROX_VERSION']}`]
if (refusals.some((name) => existsSync(`${dataDir}/${name}`))) {
  const refusal = { code: 'DATABASE_NEWER', message: 'It is newer.', hint: 'Install that one.' }
  console.log(JSON.stringify({ event: 'daemon.refused', ...refusal }))
  process.exit(78)
}
const paths = pathsOf(dataDir)
const REPLIES: Record<string, unknown> = {
  'sign-in-link': { url: 'https://localhost/sign-in/x', path: '/sign-in/x', expiresAt: '' },
  apps: [],
  tokens: [],
  'tokens:create': { token: 'token-of-a-stand-in' },
  keys: [],
  ssh: {
    host: 'localhost',
    port: 2222,
    hostKeys: [],
    connections: { open: 0, git: 0, console: 0, sftp: 0 },
  },
}
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString()
  })
  request.on('end', () => {
    const [command] = JSON.parse(body).args
    const lines = [
      { type: 'stdout', text: JSON.stringify(REPLIES[command] ?? {}) },
      { type: 'exit', code: command in REPLIES ? 0 : 1 },
    ]
    response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  })
})
server.on('error', () => setInterval(() => {}, 60_000))
if (existsSync(paths.daemon)) {
  if (!existsSync(paths.controlDatabase)) writeFileSync(paths.controlDatabase, 'first')
  const permitted = () => permittedNames('localhost', '127.0.0.1')
  await createLocalAuthority({ directory: paths.localAuthority, permitted }).certificate()
}
rmSync(paths.consoleSocket, { force: true })
server.listen(paths.consoleSocket)
announceReady(process.env['VASTROX_READY_FD'])
process.once('SIGTERM', () => process.exit(0))
