// SPDX-License-Identifier: GPL-2.0-or-later
// Figures: measuring two things alternately, judging their ratio against a target, writing the table.
#include "tests/bench/figures.hh"

#include <algorithm>
#include <cmath>
#include <ctime>

namespace bench {

double
cpu_seconds()
{
    timespec now{};

    must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now) == 0, "no clock");
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double
median(std::vector<double> values)
{
    must(!values.empty(), "no samples");
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

static double
sample(const Work &work)
{
    if (work.before)
        work.before();
    double start = cpu_seconds();
    work.run();
    return (cpu_seconds() - start) / work.operations;
}

Pair
alternate(const Work &ours, const Work &floor)
{
    std::vector<double> mine, bare, ratios;

    sample(ours);
    sample(floor);
    for (unsigned i = 0; i < SAMPLES; i++) {
        bare.push_back(sample(floor));
        mine.push_back(sample(ours));
        ratios.push_back(mine.back() / bare.back());
    }
    return { median(mine), median(bare), median(ratios) };
}

double
fastest(const Work &work)
{
    double best = sample(work);

    for (unsigned i = 0; i < SAMPLES; i++)
        best = std::min(best, sample(work));
    return best;
}

static std::string
decimal(double value, int digits)
{
    char text[64];

    g_snprintf(text, sizeof text, "%.*f", digits, value);
    return text;
}

std::string
per_second(double seconds)
{
    return decimal(1 / seconds, 0) + "/s";
}

std::string
milliseconds(double seconds)
{
    return decimal(seconds * 1e3, 3) + " ms";
}

std::string
mebibytes(double mebibytes)
{
    return decimal(mebibytes, 1) + " MiB";
}

Figure
rate(const std::string &name, const std::string &floor_name, const Pair &pair, double target)
{
    return { name,
             per_second(pair.ours),
             floor_name + ": " + per_second(pair.floor),
             1 / pair.ratio,
             target > 0 ? Figure::AT_LEAST : Figure::FOR_INFORMATION,
             target };
}

Figure
cost(const std::string &name, const std::string &floor_name, const Pair &pair, double target)
{
    return { name,
             milliseconds(pair.ours),
             floor_name + ": " + milliseconds(pair.floor),
             pair.ratio,
             target > 0 ? Figure::AT_MOST : Figure::FOR_INFORMATION,
             target };
}

static std::string
aim_of(const Figure &figure)
{
    if (figure.sense == Figure::FOR_INFORMATION)
        return "";
    return (figure.sense == Figure::AT_LEAST ? "≥ " : "≤ ")
           + decimal(figure.target, figure.target < 10 ? 2 : 0);
}

static std::string
verdict_of(const Figure &figure)
{
    if (figure.sense == Figure::FOR_INFORMATION)
        return "for information";
    if (figure.failed())
        return "**missed**";
    bool met = figure.sense == Figure::AT_LEAST ? figure.ratio >= figure.target
                                                : figure.ratio <= figure.target;
    return met ? "met" : "within a tenth";
}

std::string
table(const std::vector<Figure> &figures, const std::vector<std::string> &notes)
{
    std::string text =
        "| what | ours | floor | ratio | target | |\n|---|---|---|---|---|---|\n";

    for (const Figure &figure : figures) {
        std::string ratio = decimal(figure.ratio, figure.ratio < 10 ? 2 : 1);

        text += "| " + figure.name + " | " + figure.ours + " | " + figure.floor + " | " + ratio
                + " | " + aim_of(figure) + " | " + verdict_of(figure) + " |\n";
    }
    for (const std::string &note : notes)
        text += "\n" + note + "\n";
    return text;
}

} // namespace bench
