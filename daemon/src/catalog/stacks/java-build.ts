import type { chooseJava } from './java-version.ts'
import type { Framework } from './java-maven.ts'

/** What the Java part of a plan is made of, whichever tool builds it. */
export interface JavaBuild {
  tool: 'maven' | 'gradle'
  build: string
  first: string | null
  output: string
  framework: Framework | undefined
  /** `bin/…` of Gradle's application plugin in place of a jar. */
  startsByScript: boolean
  /** The version's sources. */
  versions: Parameters<typeof chooseJava>[2]
  context: 'root-directory' | 'repository'
  because: string[]
  alternatives: string[]
}
