import { CodedError } from '@vastrox/shared/errors.ts'
import { defineStack, NO_WISHES, type Wishes } from '#ports/stack.ts'
import { frameworkOf } from './node-frameworks.ts'
import { readManifest } from './node-manifest.ts'
import { planProject } from './node-plan.ts'
import { findProject, type Project, projectAlone, projectIn } from './node-project.ts'
import { chooseWork } from './node-running.ts'
import { chooseStart, isScriptOfPage } from './node-start.ts'
import { plainText } from './plain-text.ts'
import { otherKind } from './unknown.ts'

export const node = defineStack({
  name: 'node',
  title: 'Node.js',
  reads: [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    '.yarnrc.yml',
    '.nvmrc',
    '.node-version',
    '.tool-versions',
    '.slugignore',
    'Procfile',
    '*.config.*',
    '.eleventy.js',
    'angular.json',
    '_redirects',
    '_headers',
    '/index.*',
  ],

  detect(tree) {
    const server = ['server.js', 'index.js'].find(
      (path) => tree.paths.has(path) && !isScriptOfPage(tree, path),
    )
    if (!tree.paths.has('package.json'))
      return server === undefined ? undefined : { because: server }
    const manifest = readManifest(tree)
    const startsNode = manifest?.scripts['start'] !== undefined || server !== undefined
    // Django and Laravel have a package.json too, for their assets.
    if (!startsNode && otherKind(tree)) return undefined
    // Pages by hand may have one for a formatter.
    const builds = manifest?.scripts['build'] !== undefined || frameworkOf(projectAlone(tree))
    if (!startsNode && !builds && tree.paths.has('index.html') && !tree.paths.has('Procfile'))
      return undefined
    return { because: 'package.json' }
  },

  plan(tree, wishes) {
    return planProject(findApp(findProject(tree, wishes), wishes), wishes)
  },
})

/** The only package of a workspace that runs, where its root does not and nothing names another. */
function findApp(project: Project, wishes: Wishes): Project {
  const { workspace, base, directory, tree } = project
  const isNamed = wishes.startCommand !== null || tree.paths.has('Procfile')
  if (!workspace || directory !== '' || isNamed || runs(project)) return project
  const apps = workspace.members.flatMap((member) => {
    const one = projectIn(base, member.directory)
    return one && (one.tree.paths.has('Procfile') || runs(one)) ? [one] : []
  })
  if (apps.length > 1)
    throw new CodedError('START_COMMAND_MISSING', {
      reason: `There is more than one app in this workspace. Set rootDirectory to one of ${plainText(
        apps
          .slice(0, 8)
          .map((app) => app.directory)
          .join(', '),
      )}.`,
    })
  return apps[0] ?? project
}

/** Something to start is written, or a framework makes it: more than the `main` of a library. */
function runs(project: Project): boolean {
  const framework = frameworkOf(project)
  const { outcome } = chooseWork(project, NO_WISHES, framework)
  const { web } = chooseStart(project, { outcome, hasBuild: false, major: '18' })
  return outcome?.kind === 'site' || (web !== undefined && web.where !== 'main in package.json')
}
