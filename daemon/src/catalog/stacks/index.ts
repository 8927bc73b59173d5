import type { Stack } from '#ports/stack.ts'
import { compose } from './compose.ts'
import { dockerfile } from './dockerfile.ts'
import { dotnet } from './dotnet.ts'
import { go } from './go.ts'
import { java } from './java.ts'
import { node } from './node.ts'
import { php } from './php.ts'
import { python } from './python.ts'
import { staticSite } from './static.ts'
import { unknown } from './unknown.ts'

/** To add a stack: write its file beside this one, then name it here. The order is precedence. */
export const stacks: readonly Stack[] = [
  dockerfile,
  php,
  python,
  java,
  go,
  dotnet,
  node,
  staticSite,
  compose,
  unknown,
]
