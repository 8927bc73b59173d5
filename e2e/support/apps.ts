import { Deployment } from '@vastrox/shared/deployment.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { type Installation, until } from '#support/installation.ts'
import { createWorkingCopy, type WorkingCopy } from '#support/working-copy.ts'

/** The smallest app that deploys: plain node:http, no dependency, says which version it is. */
export const tinyApp = (version: string, extra = ''): Record<string, string> => ({
  'package.json': JSON.stringify({ name: 'tiny', version: '1.0.0', private: true }),
  'server.js': `
const { createServer } = require('node:http')
${extra}
createServer((request, response) => {
  response.end(${JSON.stringify(version)} + ' ' + request.url)
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
`,
})

/** An app with its checkout, pushed once; the answer begins with the version. */
export async function pushTinyApp(
  vastrox: Installation,
  app: string,
  version: string,
): Promise<WorkingCopy> {
  const copy = createWorkingCopy(vastrox.remote(app))
  await copy.init()
  copy.write(tinyApp(version))
  await copy.commit(version)
  const pushed = await copy.push('--force', 'main')
  if (pushed.exitCode !== 0) throw new Error(pushed.output)
  return copy
}

export const versionOf = async (vastrox: Installation, app: string): Promise<string> =>
  (await vastrox.visit(app)).body.split(' ')[0] ?? ''

export async function deploymentsOf(vastrox: Installation, app: string): Promise<Deployment[]> {
  const page = await vastrox.read(pageOf(Deployment), `/apps/${app}/deployments?limit=50`)
  return page.items
}

const ENDED = ['live', 'superseded', 'reverted', 'failed', 'cancelled']

/** Waits until nothing of the app is under way any more, a watch apart. */
export const untilSettled = (vastrox: Installation, app: string): Promise<Deployment> =>
  until(
    `${app} to settle`,
    async () => {
      const all = await deploymentsOf(vastrox, app)
      const busy = all.some(({ state }) => !ENDED.includes(state) && state !== 'watching')
      return busy ? undefined : all[0]
    },
    120_000,
  )

export async function destroyApp(vastrox: Installation, app: string): Promise<void> {
  await vastrox.api('DELETE', `/apps/${app}`, { confirm: app })
}
