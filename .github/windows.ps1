# What only a real Windows shows of an executable: a double click, and how
# Ctrl+C, Ctrl+Break and the closing of its window stop it; and PowerShell's
# completions.
#
#   pwsh .github/windows.ps1 dist/echod-0.1.0-windows-x64.exe
param([Parameter(Mandatory)] [string] $Executable)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$Executable = (Resolve-Path $Executable).Path
$PatienceSeconds = 30

Add-Type -TypeDefinition @'
using System;
using System.ComponentModel;
using System.Runtime.InteropServices;

// The console of another process, once this process has joined it.
public static class OtherConsole
{
    private delegate bool Handler(uint key);

    // A field, since Windows calls it later than the garbage collector comes.
    private static readonly Handler Ignore = key => true;

    // Whoever starts a script may have told it, and what it starts, to ignore
    // Ctrl+C.
    public static void HeedCtrlC()
    {
        Check(SetConsoleCtrlHandler(null, false), "SetConsoleCtrlHandler");
    }

    public static void Join(int process)
    {
        FreeConsole();
        Check(AttachConsole((uint)process), "AttachConsole");
        // Keys reach all who share a console. Joining has reset the handlers.
        Check(SetConsoleCtrlHandler(Ignore, true), "SetConsoleCtrlHandler");
    }

    public static void Leave()
    {
        FreeConsole();
    }

    public static void PressCtrlC()
    {
        Check(GenerateConsoleCtrlEvent(0, 0), "GenerateConsoleCtrlEvent");
    }

    public static void PressCtrlBreak()
    {
        Check(GenerateConsoleCtrlEvent(1, 0), "GenerateConsoleCtrlEvent");
    }

    public static void CloseWindow()
    {
        IntPtr window = GetConsoleWindow();
        // Windows ends all who share a console that closes.
        FreeConsole();
        const uint WM_CLOSE = 0x10;
        Check(PostMessageW(window, WM_CLOSE, IntPtr.Zero, IntPtr.Zero), "PostMessage");
    }

    public static string ReadScreen()
    {
        const uint READ_WRITE = 0xC0000000, SHARED = 3, OPEN_EXISTING = 3;
        IntPtr screen = CreateFileW("CONOUT$", READ_WRITE, SHARED, IntPtr.Zero, OPEN_EXISTING, 0, IntPtr.Zero);
        Check(screen != new IntPtr(-1), "CreateFile");
        char[] text = new char[8000];
        uint length;
        bool done = ReadConsoleOutputCharacterW(screen, text, (uint)text.Length, 0, out length);
        Check(done, "ReadConsoleOutputCharacter");
        CloseHandle(screen);
        return new string(text, 0, (int)length);
    }

    private static void Check(bool done, string function)
    {
        if (done) return;
        int error = Marshal.GetLastWin32Error();
        throw new Win32Exception(error, function + ": " + new Win32Exception(error).Message);
    }

    [DllImport("kernel32", SetLastError = true)]
    private static extern bool FreeConsole();
    [DllImport("kernel32", SetLastError = true)]
    private static extern bool AttachConsole(uint process);
    [DllImport("kernel32", SetLastError = true)]
    private static extern bool SetConsoleCtrlHandler(Handler handler, bool add);
    [DllImport("kernel32", SetLastError = true)]
    private static extern bool GenerateConsoleCtrlEvent(uint key, uint group);
    [DllImport("kernel32")]
    private static extern IntPtr GetConsoleWindow();
    [DllImport("user32", SetLastError = true)]
    private static extern bool PostMessageW(IntPtr window, uint message, IntPtr w, IntPtr l);
    [DllImport("kernel32", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern IntPtr CreateFileW(string name, uint access, uint share, IntPtr security, uint how, uint flags, IntPtr template);
    [DllImport("kernel32", CharSet = CharSet.Unicode, SetLastError = true)]
    private static extern bool ReadConsoleOutputCharacterW(IntPtr screen, [Out] char[] text, uint length, uint from, out uint read);
    [DllImport("kernel32", SetLastError = true)]
    private static extern bool CloseHandle(IntPtr handle);
}
'@

function Wait-For([string] $What, [scriptblock] $Attempt) {
    $end = [DateTime]::UtcNow.AddSeconds($PatienceSeconds)
    while ([DateTime]::UtcNow -lt $end) {
        $found = & $Attempt
        if ($found) { return $found }
        Start-Sleep -Milliseconds 100
    }
    throw "not within $PatienceSeconds s: $What"
}

# Each byte there is, since a code page changes some and a text mode others.
function Connect-Echo([int] $Port) {
    $client = Wait-For "a connection to 127.0.0.1:$Port" {
        try { [Net.Sockets.TcpClient]::new('127.0.0.1', $Port) } catch { $null }
    }
    $stream = $client.GetStream()
    $stream.ReadTimeout = 1000 * $PatienceSeconds
    $sent = [byte[]] (0..255)
    $received = [byte[]]::new($sent.Length)
    $stream.Write($sent, 0, $sent.Length)
    $stream.ReadExactly($received, 0, $received.Length)
    $hex = [Convert]::ToHexString($received)
    if ($hex -ne [Convert]::ToHexString($sent)) { throw "the echo is $hex" }
    return $client
}

function Assert-Stops([string] $Key, $Process, $Client, [scriptblock] $Press) {
    # Opened while it runs, or its exit code is lost.
    $null = $Process.Handle
    try {
        [OtherConsole]::Join($Process.Id)
        & $Press
        $rest = $Client.GetStream().Read([byte[]]::new(1), 0, 1)
        if ($rest -ne 0) { throw "${Key}: the client got more than an end" }
        if (-not $Process.WaitForExit(1000 * $PatienceSeconds)) {
            throw "${Key}: echod still runs"
        }
    }
    finally {
        [OtherConsole]::Leave()
    }
    $code = $Process.ExitCode
    if ($code -ne 0) { throw "${Key}: echod ended with $code" }
    [Console]::WriteLine("$Key stops echod in order")
}

function Test-Key([string] $Key, [scriptblock] $Press) {
    $ready = Join-Path ([IO.Path]::GetTempPath()) "echod-$([Guid]::NewGuid()).json"
    # Asked for by name: Windows Terminal, which may host what starts otherwise,
    # leaves the console itself no window that WM_CLOSE could close.
    Start-Process conhost.exe -ArgumentList @(
        "`"$Executable`"", '--host', '127.0.0.1', '--port', '0'
        '--ready-file', "`"$ready`""
    )
    $text = Wait-For "$ready" {
        if (Test-Path $ready) { Get-Content -Raw $ready }
    }
    $server = ConvertFrom-Json $text
    $process = Get-Process -Id $server.pid
    $client = Connect-Echo ([Uri] $server.urls[0]).Port
    Assert-Stops $Key $process $client $Press
    if (Test-Path $ready) { throw "${Key}: echod has left $ready" }
    $client.Dispose()
}

function Test-DoubleClick {
    # As Explorer does: by the shell, without arguments, in its own folder.
    $process = Start-Process $Executable -WorkingDirectory (Split-Path $Executable) -PassThru
    $client = Connect-Echo 8080
    [OtherConsole]::Join($process.Id)
    $screen = Wait-For 'the address in the window' {
        $text = [OtherConsole]::ReadScreen()
        if ($text -match ':8080') { $text }
    }
    [Console]::WriteLine(($screen -replace '\s{2,}', "`n").Trim())
    Assert-Stops 'Ctrl+C after a double click' $process $client {
        [OtherConsole]::PressCtrlC()
    }
    $client.Dispose()
}

function Test-Completions {
    & $Executable completions powershell | Out-String | Invoke-Expression
    $cases = @{
        'echod comp' = 'completions'
        'echod --log-f' = '--log-format'
        'echod --log-level ' = 'debug'
    }
    foreach ($line in $cases.Keys) {
        $found = (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText
        if ($cases[$line] -notin $found) { throw "'$line' completes to: $found" }
    }
    [Console]::WriteLine('PowerShell completes commands, flags and values')
}

Test-Completions
[OtherConsole]::HeedCtrlC()
Test-DoubleClick
Test-Key 'Ctrl+C' { [OtherConsole]::PressCtrlC() }
Test-Key 'Ctrl+Break' { [OtherConsole]::PressCtrlBreak() }
Test-Key 'Closing the window' { [OtherConsole]::CloseWindow() }
