import { BranchName } from '@vastrox/shared/app.ts'
import type { RefCommand } from '#ports/git-transport.ts'

/** What is to become of one command of a push. */
export type Judgement =
  | { kind: 'deploy'; command: RefCommand; branch: string; sha: string }
  /** A branch that is only stored. */
  | { kind: 'store-branch'; command: RefCommand; branch: string }
  /** Tags, and branches that go. */
  | { kind: 'store'; command: RefCommand }
  | { kind: 'refuse'; command: RefCommand; reason: string }

const DEFAULT_BRANCHES = ['main', 'master']

/** The branches that deploy: the one that was chosen, else main and master. */
export const deployBranchesOf = (chosen: string | null): readonly string[] =>
  chosen === null ? DEFAULT_BRANCHES : [chosen]

/** Says of each command, in order, what is to become of it. At most one of them is deployed. */
export function judgeRefs(
  commands: readonly RefCommand[],
  deployBranch: string | null,
): Judgement[] {
  const deploying = deployBranchesOf(deployBranch)
  const deployed = deploying.find((branch) =>
    commands.some(({ ref, newSha }) => ref === `refs/heads/${branch}` && newSha !== undefined),
  )

  return commands.map((command): Judgement => {
    const [, kind, name = ''] = /^refs\/(heads|tags)\/(.+)$/s.exec(command.ref) ?? []
    if (kind === undefined)
      return { kind: 'refuse', command, reason: 'only branches and tags are kept here' }
    // Rule C2: what looks like an option never becomes a name.
    if (!BranchName.safeParse(name).success)
      return { kind: 'refuse', command, reason: nameRefused(kind) }
    if (kind === 'tags') return { kind: 'store', command }
    if (command.newSha === undefined)
      return deploying.includes(name)
        ? { kind: 'refuse', command, reason: `${name} is what is deployed and cannot be deleted` }
        : { kind: 'store', command }
    if (name === deployed) return { kind: 'deploy', command, branch: name, sha: command.newSha }
    return { kind: 'store-branch', command, branch: name }
  })
}

const nameRefused = (kind: string): string =>
  `a ${kind === 'tags' ? 'tag' : 'branch'} name may hold letters, digits and . _ / + @ -, and does not begin with a hyphen`
