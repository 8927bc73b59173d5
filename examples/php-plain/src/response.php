<?php

declare(strict_types=1);

final readonly class Response
{
    public function __construct(
        public string $body,
        public int $status = 200,
        public string $type = 'text/html; charset=utf-8',
    ) {
    }

    public function send(): void
    {
        http_response_code($this->status);
        header("Content-Type: {$this->type}");
        header('Cache-Control: no-store');
        echo $this->body;
    }
}
