import type { ReactNode } from 'react'

/** To a page of the documentation that came with this version; in a tab of its own, so that nothing here is lost. */
export const DocsLink = ({ to, children }: { to: string; children?: ReactNode }) => (
  <a
    href={`/docs/${to}`}
    target="_blank"
    rel="noreferrer"
    className="text-accent underline underline-offset-2"
  >
    {children}
  </a>
)
