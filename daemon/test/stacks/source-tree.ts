import { pathMatcher } from '#adapters/system/path-patterns.ts'
import { stacks } from '#catalog/stacks/index.ts'
import { type BuildPlan, NO_WISHES, type SourceTree, type Wishes } from '#ports/stack.ts'

/** Path → text, or an object that is its JSON. */
export type Files = Record<string, string | object>

const isRead = pathMatcher([...new Set(stacks.flatMap((stack) => stack.reads))])

/** A source as the stacks see it: texts only where one of them reads that path. */
export const treeOf = (files: Files): SourceTree => ({
  paths: new Set(Object.keys(files)),
  read: (path) => {
    const content = isRead(path) ? files[path] : undefined
    return typeof content === 'object' ? JSON.stringify(content) : content
  },
})

/** What the first stack that takes the source makes of it. Throws what that throws. */
export function planOf(files: Files, said: Partial<Wishes> = {}): BuildPlan {
  const tree = treeOf(files)
  const wishes = { ...NO_WISHES, ...said }
  const stack = stacks.find((one) =>
    wishes.stack === null ? one.detect(tree, wishes) : one.name === wishes.stack,
  )
  if (!stack) throw new Error('nothing detected it')
  return stack.plan(tree, wishes)
}

/** Everything that is in a plan, to be read and compared as a whole. */
export const planText = ({ dockerfile, files = {}, ...plan }: BuildPlan): string =>
  [
    JSON.stringify(plan, null, 2),
    dockerfile,
    ...Object.entries(files).map(([path, text]) => `--- ${path}\n${text}`),
  ].join('\n\n')

/** Where the plan of a fixture is kept, by its stack and name. */
export const planFile = (stack: string, name: string): string =>
  `plans/${stack}/${name.replaceAll(/[^\w.-]+/g, '-')}.txt`
