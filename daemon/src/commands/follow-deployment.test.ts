import type { Deployment } from '@vastrox/shared/deployment.ts'
import { expect, it } from 'vitest'
import { followDeployment } from '#commands/follow-deployment.ts'
import { createAppHarness } from '#test/app-harness.ts'

const ESCAPE = '\u001b'

/** A deployment that ends with that reason, followed to its end. */
async function follow(reason: string, json: boolean) {
  const { actor, appService, clock, commandServices, deploy } = createAppHarness()
  appService.create(actor, { name: 'hello' })
  await deploy()
  const page = { cursor: undefined, limit: 1 }
  const [first] = commandServices.deployments.list(actor, 'hello', page).items
  if (!first) throw new Error('nothing was deployed')
  const ended: Deployment = { ...first, state: 'failed', reason, hint: `Do ${reason}` }
  const said = { out: '', err: '' }
  const context = {
    ...commandServices,
    deployments: { ...commandServices.deployments, untilSwitched: async () => ended },
    actor,
    stdin: undefined,
    terminal: undefined,
    json,
    signal: new AbortController().signal,
    print: async (text: string) => void (said.out += text),
    printError: async (text: string) => void (said.err += text),
  }
  const code = await clock.until(followDeployment(context, first, {}))
  return { code, ...said }
}

it('says why a deployment failed in words that steer no terminal (rule C15)', async () => {
  const { code, err } = await follow(
    `${ESCAPE}]0;owned\u0007web: ${ESCAPE}[2J\u009b1Agone\r\n !  Deployment 1: it is live\u202e`,
    false,
  )

  expect(code).toBe(1)
  expect(err).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u)
  expect(err).toContain(' !  Deployment 1: web: gone\n')
  // A second line of a reason is no line of ours.
  expect(err.split('\n').filter((line) => line.startsWith(' !  '))).toHaveLength(1)
})

it('gives JSON that steers no terminal either (rule C15)', async () => {
  const reason = `\u009b2J\u202ex${ESCAPE}`
  const { out } = await follow(reason, true)

  expect(out).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u)
  expect(JSON.parse(out)).toMatchObject({ reason })
})
