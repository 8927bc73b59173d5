import { ProofWay } from '@vastrox/shared/proof-way.ts'
import { z } from 'zod'

/** That somebody is asked who they are; one question for all requests that wait for its answer. */
export interface ProofQuestion {
  ways: readonly ProofWay[]
  answer: (isShown: boolean) => void
}

const Ways = z.array(ProofWay).catch([])

let question: ProofQuestion | undefined
let answered: Promise<boolean> | undefined
const listeners = new Set<() => void>()

function change(next: ProofQuestion | undefined): void {
  question = next
  for (const tell of listeners) tell()
}

/** Resolves with whether it was shown; who closes the dialog has not. */
export function askForProof(ways: unknown): Promise<boolean> {
  answered ??= new Promise<boolean>((resolve) => {
    change({
      ways: Ways.parse(ways),
      answer(isShown) {
        answered = undefined
        change(undefined)
        resolve(isShown)
      },
    })
  })
  return answered
}

export const proofQuestion = (): ProofQuestion | undefined => question

export function onProofQuestion(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
