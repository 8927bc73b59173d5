import { describe, expect, it } from 'vitest'
import { type Files, planFile, planOf, planText } from '#test/stacks/source-tree.ts'

const NODE =
  'FROM vastrox/node:26\nWORKDIR /srv/app\nCOPY . .\nEXPOSE 8080\nCMD ["node", "server.js"]\n'

const TREES: Record<string, Files> = {
  'a prepared image': { Dockerfile: NODE, 'package.json': '{}' },
  'a public image, several stages and the list of what is ignored': {
    Dockerfile: [
      '# syntax=docker/dockerfile:1',
      'ARG GO=1.24',
      'FROM golang:${GO} AS build',
      'COPY . .',
      'RUN go build -o /app .',
      'FROM gcr.io/distroless/static',
      'COPY --from=build /app /app',
      'EXPOSE 9000/udp 9090 80/tcp',
      'HEALTHCHECK --interval=5s CMD ["/app", "check"]',
      'ENTRYPOINT ["/app"]',
      'CMD ["serve"]',
    ].join('\n'),
    '.dockerignore': '# not needed\nnode_modules\n**/*.log\n!keep.log\n/docs/\n[a-z].txt\n../x\n',
  },
  'a list of what is ignored of its own': {
    Dockerfile: NODE,
    'Dockerfile.dockerignore': '*\n!src\n!server.js\n',
    '.dockerignore': 'src\n',
  },
  'ENV PORT': {
    Dockerfile:
      'FROM vastrox/python:3.13\nENV A=1 PORT=5000\nEXPOSE 5000 6000\nCMD python app.py\n',
  },
  'a Procfile beside it': {
    Dockerfile: NODE,
    Procfile: 'worker: node worker.js\nrelease: node migrate.js\n',
  },
  'a Procfile that names web': { Dockerfile: NODE, Procfile: 'web: node other.js\n' },
  Containerfile: { Containerfile: 'FROM vastrox/base:trixie\nCMD sleep 1d\n' },
}

describe('the plan of a Dockerfile', () => {
  it.each(Object.keys(TREES))('with %s', async (name) => {
    await expect(planText(planOf(TREES[name] ?? {}))).toMatchFileSnapshot(
      planFile('dockerfile', name),
    )
  })

  it('honours its path, its stage, build arguments and secrets', async () => {
    const plan = planOf(
      {
        'package.json': '{}',
        'docker/prod.Dockerfile':
          'ARG BASE\nFROM $BASE AS web\nRUN --mount=type=secret,id=NPM_TOKEN --mount=type=secret,id=OTHER true\nEXPOSE 80\nFROM web AS test\nCMD test\n',
      },
      {
        dockerfile: 'docker/prod.Dockerfile',
        target: 'web',
        buildArguments: { BASE: 'vastrox/node-build:24' },
        buildEnvKeys: ['NPM_TOKEN', 'NOT_SET'],
        envKeys: ['NPM_TOKEN', 'OTHER'],
      },
    )

    await expect(planText(plan)).toMatchFileSnapshot(planFile('dockerfile', 'wishes'))
  })
})

describe('what cannot be built is refused in words', () => {
  it.each<[what: string, files: Files, said: Record<string, string>, reason: string]>([
    [
      'the image of another app',
      { Dockerfile: 'FROM vastrox-0a1b2c/shop:1\n' },
      {},
      'Line 1 of the Dockerfile: vastrox-0a1b2c/shop:1 is the image of an app. A Dockerfile may build on public images and on vastrox/* only.',
    ],
    ['nothing to build on', { Dockerfile: 'RUN true\n' }, {}, 'The Dockerfile has no FROM.'],
    [
      'nothing to start',
      { Dockerfile: 'FROM scratch\nCOPY a /\n' },
      {},
      'Dockerfile says by no CMD or ENTRYPOINT what runs, and no Procfile or setting does.',
    ],
    [
      'a stage that is not there',
      { Dockerfile: NODE },
      { target: 'prod' },
      'The Dockerfile has no stage prod.',
    ],
    [
      'a file that is not there',
      { Dockerfile: NODE },
      { dockerfile: 'Dockerfile.prod' },
      'The source has no file Dockerfile.prod.',
    ],
    [
      'a file that nobody would call a Dockerfile',
      { 'docker/prod': NODE },
      { dockerfile: 'docker/prod' },
      'docker/prod is not read as a Dockerfile: call it Dockerfile, Dockerfile.<name> or <name>.Dockerfile, of at most 1 MB.',
    ],
  ])('%s', (_what, files, said, reason) => {
    expect(() => planOf(files, said)).toThrow(expect.objectContaining({ details: { reason } }))
  })
})
