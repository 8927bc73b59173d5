import { Rocket } from 'lucide-react'
import type { ReactNode } from 'react'
import { rich, t } from '#lib/words.ts'
import { Card } from '#ui/card.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'
import { EmptyState } from '#ui/empty-state.tsx'

/** What a newcomer sees first: how an app gets here, with commands that work as they are. */
export function FirstPush({ action }: { action: ReactNode }) {
  const commands = [
    `git remote add vastrox ${window.location.origin}/git/my-app.git`,
    'git push vastrox main',
  ].join('\n')

  return (
    <Card flush>
      <EmptyState
        icon={<Rocket size={20} aria-hidden />}
        title={t('Push your first app')}
        docs="first-push"
        actions={action}
      >
        {rich(
          t(
            'Any folder with a {code} and a start script will do. Pushing to a name that does not exist creates the app.',
          ),
          { code: <code className="text-ink">package.json</code> },
        )}
      </EmptyState>
      <div className="mx-auto max-w-2xl px-5 pb-8">
        <CopyBlock label={t('commands')} text={commands} />
        <p className="mt-3 text-sm text-muted">
          {t(
            'Git asks for a user name (anything) and a password: an API token. “New app” prepares the commands with a deploy token in them, ready to paste.',
          )}
        </p>
      </div>
    </Card>
  )
}
