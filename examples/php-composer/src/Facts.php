<?php

declare(strict_types=1);

namespace App;

/** What the platform says about the app. */
final readonly class Facts
{
    public function __construct(
        public string $name = 'hello',
        public string $release = 'not deployed yet',
        public string $commit = 'unknown',
    ) {
    }

    public static function fromEnv(): self
    {
        $value = static fn (string $name, string $default): string => getenv($name) ?: $default;

        return new self(
            $value('VASTROX_APP', 'hello'),
            $value('VASTROX_RELEASE', 'not deployed yet'),
            substr($value('SOURCE_VERSION', 'unknown'), 0, 7),
        );
    }
}
