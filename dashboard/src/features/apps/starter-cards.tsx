import { useQuery } from '@tanstack/react-query'
import { startersQuery } from '#features/apps/new-app-queries.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'

/** Small apps that come along: the shortest way to something that runs. */
export function StarterCards({ onPick }: { onPick: (name: string) => void }) {
  const { data: starters = [] } = useQuery(startersQuery)
  if (starters.length === 0) return null
  return (
    <Card title={t('Or begin with a starter')} flush className="mt-5">
      <ul>
        {starters.map(({ name, title, stack, description }) => (
          <li
            key={name}
            className="flex flex-wrap items-center justify-between gap-3 border-b border-line px-4 py-3 last:border-0 sm:px-5"
          >
            <div className="min-w-0">
              <p className="font-medium">{title}</p>
              <p className="text-sm text-muted">
                {stack} · {description}
              </p>
            </div>
            <Button
              size="sm"
              aria-label={t('Use it: {title}', { title })}
              onClick={() => onPick(name)}
            >
              {t('Use it')}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  )
}
