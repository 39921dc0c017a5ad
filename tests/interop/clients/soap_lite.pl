# Perl's SOAP::Lite: it makes nothing of the WSDL; elements are built by hand, in the order in which they are given.
use strict;
use warnings;
use JSON::PP;
use SOAP::Lite;

my $NAMESPACE = 'http://www.superoffice.net/ws/crm/NetServer/Services85';
my $ARRAYS = 'http://schemas.microsoft.com/2003/10/Serialization/Arrays';
my %WAYS = (  # autotype: it guesses an xsi:type from what a value looks like; without, it escapes no text
    ''             => sub { $_[0]->default_ns($NAMESPACE)->autotype(0) },
    'no namespace' => sub { $_[0]->ns($NAMESPACE, 'so')->autotype(0) },
    'own action'   => sub { $_[0]->default_ns($NAMESPACE)->autotype(0)->on_action(sub { sprintf '"%s#%s"', @_ }) },
    'unescaped'    => sub { $_[0]->default_ns($NAMESPACE)->autotype(0) },
    'typed'        => sub { $_[0]->default_ns($NAMESPACE) },
);
my ($wsdl, $address) = @ARGV;
$| = 1;

# Members as SOAP::Data. {members => [[name, value], ...]} is an element with children, a list the same element several
# times.
sub build {
    my ($class, $way, @members) = @_;
    my @built;
    for my $member (@members) {
        my ($name, $value) = @$member;
        for my $one (ref $value eq 'ARRAY' ? @$value : $value) {
            my $data = $class->name($name);
            if (ref $one eq 'HASH') { $data->value(\SOAP::Data->value(build('SOAP::Data', $way, @{ $one->{members} }))) }
            elsif (defined $one) {
                my $text = JSON::PP::is_bool($one) ? ($one ? 'true' : 'false') : "$one";
                $text = SOAP::Utils::encode_data($text) if $way ne 'unescaped' && $way ne 'typed';
                $data->value($text);
            }
            $data->attr({ xmlns => $ARRAYS }) if $name eq 'int';
            push @built, $data;
        }
    }
    return @built;
}

sub call {
    my ($asked) = @_;
    my $action = $asked->{action} // "$NAMESPACE/Batch/$asked->{operation}";
    my $client = SOAP::Lite->new(proxy => $address)->on_action(sub { qq("$action") });
    $WAYS{ $asked->{way} }->($client);
    my @headers = build('SOAP::Header', $asked->{way}, @{ $asked->{ordered}{headers}{members} });
    $_->attr({ xmlns => $asked->{namespace} // $NAMESPACE }) for @headers;
    my @parameters = build('SOAP::Data', $asked->{way}, @{ $asked->{ordered}{parameters}{members} });
    my $answer = $client->call($asked->{operation}, @headers, @parameters);
    die $answer->faultstring . "\n" if $answer->fault;
    return $answer->result;
}

while (my $line = <STDIN>) {
    my $asked = decode_json((split /\t/, $line, 3)[2]);
    my $result = !$WAYS{ $asked->{way} } ? { cannot => $asked->{way} }
        : $asked->{read} ? { cannot => 'a hash has no order' }
        : eval { { read => call($asked) } } || { error => "$@" };
    print JSON::PP->new->allow_blessed->encode($result), "\n";
}
