import { expect, it } from 'vitest'
import { NO_WISHES } from '#ports/stack.ts'
import { treeOf } from '#test/stacks/source-tree.ts'
import { chooseProcesses } from './processes.ts'

const tree = treeOf({
  'package.json': {},
  Procfile: 'web: node a.js\nworker: node b.js\nrelease: node migrate.js\n',
})
const found = { web: { command: 'npm start', where: 'package.json' } }

it('takes the settings over vastrox.json, that over the Procfile, and says who said it', () => {
  const processes = chooseProcesses(
    tree,
    {
      ...NO_WISHES,
      startCommand: 'node c.js',
      releaseCommand: 'node d.js',
      processes: {
        worker: { command: 'node e.js', where: 'vastrox.json' },
        mailer: { command: 'node f.js', where: 'vastrox.json' },
      },
      where: { releaseCommand: 'vastrox.json' },
    },
    found,
  )

  expect(processes).toEqual({
    processes: { web: 'node c.js', worker: 'node e.js', mailer: 'node f.js' },
    releaseCommand: 'node d.js',
    because: [
      'web: node c.js (settings)',
      'worker: node e.js (vastrox.json)',
      'mailer: node f.js (vastrox.json)',
      'release: node d.js (vastrox.json)',
    ],
  })
})

it('lets nothing that a stack finds go over the Procfile', () => {
  expect(chooseProcesses(tree, NO_WISHES, found)).toMatchObject({
    processes: { web: 'node a.js', worker: 'node b.js' },
    releaseCommand: 'node migrate.js',
  })
})
