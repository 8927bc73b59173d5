import { describe, expect, it } from 'vitest'
import { runCommand } from '#commands/run-command.ts'
import { commands } from '#commands/table.ts'
import { createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'

function setUp() {
  const harness = createAppHarness()
  harness.addApp('blog')
  async function vastrox(line: string, stdin?: string) {
    const said = { out: '', err: '' }
    const context = {
      ...harness.commandServices,
      actor: owner(),
      stdin,
      terminal: undefined,
      signal: new AbortController().signal,
      print: async (text: string) => void (said.out += text),
      printError: async (text: string) => void (said.err += text),
    }
    const bug = (error: unknown): never => {
      throw error
    }
    const code = await harness.clock.until(runCommand(commands, context, line.split(' '), bug))
    return { code, ...said }
  }
  const build = () => harness.app('blog').settings.build
  return { ...harness, vastrox, build }
}

describe('build:set', () => {
  it('changes the named settings and leaves the others', async () => {
    const { vastrox, build } = setUp()

    await vastrox('build:set blog version=3.13 stack=python uploadMaxBytes=64MB')
    await vastrox('build:set blog buildArguments.A=1 buildArguments.B=x=y buildEnvKeys=NPM,PIP')
    await vastrox('build set blog stack=null buildArguments.A=null')

    expect(build()).toMatchObject({
      stack: null,
      version: '3.13',
      uploadMaxBytes: 64 * 2 ** 20,
      buildArguments: { B: 'x=y' },
      buildEnvKeys: ['NPM', 'PIP'],
    })
    expect((await vastrox('build:show blog')).out).toContain('version          3.13\n')
  })

  it.each([
    ['build:set blog verison=26', 'There is no build setting in verison=26.'],
    ['build:set blog version=latest', 'version: Use a number such as 26 or 3.13.'],
    ['build:set blog rootDirectory=../x', 'rootDirectory: Use a path without `..`.'],
    ['build:set blog buildArguments=x', 'Give one at a time: buildArguments.NAME=value'],
    ['build:set blog uploadMaxBytes=much', 'uploadMaxBytes takes a size such as 64MB.'],
    ['build:set blog version.x=1', 'There is no build setting in version.x=1.'],
  ])('refuses %s', async (line, message) => {
    const { vastrox, build } = setUp()

    const { code, err } = await vastrox(line)

    expect(code).toBe(2)
    expect(err).toContain(message)
    expect(build().version).toBeNull()
  })
})

describe('images and registries', () => {
  const digest = `sha256:${'a'.repeat(64)}`

  it('are deployed, shown and followed', async () => {
    const { vastrox, node } = setUp()
    node.registry.set('nginx:1.27', digest)

    const deployed = await vastrox('deploy blog --image nginx:1.27 --follow')

    expect(deployed.out).toContain(`It is ${digest}, 42 MB`)
    expect((await vastrox('image blog')).out).toContain(`Digest           ${digest}\n`)
    expect((await vastrox('image:unfollow blog')).out).toBe('blog stays with its image.\n')
    expect((await vastrox('image:follow blog')).out).toContain('every 10 minutes')
    expect((await vastrox('deploy blog --follow')).err).toContain('--follow goes with --image')
  })

  it('are let in by a password that is in no argument', async () => {
    const { vastrox, registries, actor } = setUp()

    const stored = await vastrox('registries:login registry.example -u me', 'correct horse\n')

    expect(stored).toMatchObject({ code: 0, out: 'Stored for registry.example.\n' })
    const reference = { host: 'registry.example', path: 'x', tag: null, digest: null }
    expect(registries.credentialsFor(actor.teamId, reference)?.password).toBe('correct horse')
    expect((await vastrox('registries')).out).toMatch(/^registry\.example +me /m)
    expect((await vastrox('registries:login registry.example -u me')).code).toBe(2)
    expect((await vastrox('registries:logout registry.example')).code).toBe(0)
    expect((await vastrox('registries')).out).toMatch(/^No registries/)
    expect((await vastrox('image blog')).out).toMatch(/^blog is made of what is pushed/)
  })
})

describe('build:plan and eject', () => {
  it('print the plan, and the Dockerfile for a file', async () => {
    const { vastrox, deploy } = setUp()
    await deploy('a1', { appName: 'blog', files: { 'server.js': '' } })

    const plan = await vastrox('build:plan blog --dockerfile')
    const ejected = await vastrox('eject blog')
    const ignore = await vastrox('eject blog --file .dockerignore')

    expect(plan.out).toBe('Node.js (server.js)\n  Node.js 26\n\nFROM @RUNTIME@\n\n')
    expect(ejected.out).toBe('FROM vastrox/node:26\nENV NODE_ENV="production"\n')
    expect(ejected.err).toContain('And .dockerignore: vastrox eject blog --file .dockerignore\n')
    expect(ignore).toEqual({ code: 0, out: '**/node_modules\n', err: '' })
    expect((await vastrox('eject blog --file nothing')).err).toContain('There is no nothing')
  })
})
