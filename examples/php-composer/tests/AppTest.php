<?php

declare(strict_types=1);

namespace App\Tests;

use App\App;
use App\Facts;
use PHPUnit\Framework\TestCase;
use Symfony\Component\HttpFoundation\Request;
use Symfony\Component\HttpFoundation\Response;

final class AppTest extends TestCase
{
    public function testTheFirstPageTellsWhatRuns(): void
    {
        $response = $this->ask('/');

        self::assertSame(200, $response->getStatusCode());
        self::assertStringContainsString('shop is running', (string) $response->getContent());
    }

    public function testHealthAnswers(): void
    {
        self::assertSame('{"status":"ok"}', $this->ask('/health')->getContent());
    }

    public function testANameIsNeverTakenForHtml(): void
    {
        $content = (string) $this->ask('/hello/%3Cb%3EAnn')->getContent();

        self::assertStringContainsString('Hello, &lt;b&gt;Ann', $content);
    }

    public function testAnyOtherPathIsNotFound(): void
    {
        self::assertSame(404, $this->ask('/nothing')->getStatusCode());
    }

    public function testAnotherMethodIsRefused(): void
    {
        $response = $this->ask('/health', 'POST');

        self::assertSame(405, $response->getStatusCode());
        self::assertSame('GET, HEAD', $response->headers->get('Allow'));
    }

    private function ask(string $path, string $method = 'GET'): Response
    {
        return (new App(new Facts('shop', 'v1', 'abc1234')))->handle(Request::create($path, $method));
    }
}
